using System.Reflection;
using Alumia.Lab.Storage;
using Xunit.Sdk;
using Xunit.v3;

namespace Alumia.Lab.Tests.Harness;

/// <summary>Runs a theory once on SQLite and once on PostgreSQL: <c>[Theory, BothProviders]</c>, with a <see cref="StorageProvider"/> as its parameter.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BothProvidersAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new(Enum.GetValues<StorageProvider>().Select(provider => new TheoryDataRow<StorageProvider>(provider)).ToArray());

    public override bool SupportsDiscoveryEnumeration() => true;
}
