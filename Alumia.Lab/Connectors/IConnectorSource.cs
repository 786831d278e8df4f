namespace Alumia.Lab.Connectors;

/// <summary>Knows connectors: the catalogue.</summary>
public interface IConnectorSource
{
    IReadOnlyList<Connector> Connectors { get; }
}
