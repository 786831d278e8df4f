using Xunit.Sdk;
using Xunit.v3;

namespace Alumia.Lab.Tests.Mission;

/// <summary>The order of the document, which the names of the stories begin with.</summary>
public sealed class MissionOrder : ITestMethodOrderer
{
    public IReadOnlyCollection<TTestMethod?> OrderTestMethods<TTestMethod>(IReadOnlyCollection<TTestMethod?> testMethods)
        where TTestMethod : notnull, ITestMethod => [.. testMethods.OrderBy(method => method?.MethodName, StringComparer.Ordinal)];
}
