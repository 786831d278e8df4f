
namespace Alumia.Lab.Sessions.Cluster;

/// <summary>This process, by the name that stands in the rows of the sessions that it runs: its silo's address, which no other process ever has.</summary>
internal sealed class Node(ILocalSiloDetails silo)
{
    public string Name { get; } = NameOf(silo.SiloAddress);

    public static string NameOf(SiloAddress address) => address.ToParsableString();
}
