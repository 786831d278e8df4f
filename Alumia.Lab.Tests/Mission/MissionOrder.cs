using Xunit.Sdk;
using Xunit.v3;

namespace Alumia.Lab.Tests.Mission;

/// <summary>The order of the document, which the names of the stories begin with.</summary>
public sealed class MissionOrder : ITestCaseOrderer
{
    public IReadOnlyCollection<TTestCase> OrderTestCases<TTestCase>(IReadOnlyCollection<TTestCase> testCases)
        where TTestCase : notnull, ITestCase => [.. testCases.OrderBy(testCase => testCase.TestMethod?.MethodName, StringComparer.Ordinal)];
}
