using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Alumia.Lab.Connectors;

/// <summary>All connectors that the lab knows: a file each, those of the assembly and those in the folder <c>Connectors:Folder</c> of the configuration.</summary>
public sealed class ConnectorCatalogue : IConnectorSource
{
    private const string Prefix = "Alumia.Lab.Connectors.";

    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <exception cref="StartupFault">A file of the folder is none of a connector; the message names it and says what is wrong.</exception>
    public ConnectorCatalogue(IConfiguration configuration)
    {
        var all = BuiltIn().Concat(Added(configuration["Connectors:Folder"])).ToList();
        if (all.GroupBy(each => each.Connector.Slug).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new StartupFault($"Two connectors have the slug {twice.Key}: {string.Join(" and ", twice.Select(each => each.File))}. Change one of them.");
        Connectors = [.. all.Select(each => each.Connector).OrderBy(connector => connector.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>By their names.</summary>
    public IReadOnlyList<Connector> Connectors { get; }

    /// <summary>Reads one file's text.</summary>
    /// <exception cref="StartupFault">It is none of a connector.</exception>
    internal static Connector Read(string file, string json)
    {
        Connector connector;
        try
        {
            connector = JsonSerializer.Deserialize<Connector>(json, _options) ?? throw new JsonException("it is empty");
        }
        catch (JsonException exception)
        {
            throw new StartupFault($"The connector {file} cannot be read: {exception.Message}");
        }
        return ConnectorCheck.Fault(connector) is { } wrong ? throw new StartupFault($"The connector {file} is wrong: {wrong}") : connector;
    }

    private static IEnumerable<(string File, Connector Connector)> BuiltIn()
    {
        var assembly = typeof(ConnectorCatalogue).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal)))
            yield return (name[Prefix.Length..], Read(name[Prefix.Length..], Text(assembly, name)));
    }

    private static IEnumerable<(string File, Connector Connector)> Added(string? folder)
    {
        if (string.IsNullOrWhiteSpace(folder))
            return [];
        if (!Directory.Exists(folder))
            throw new StartupFault($"The folder of connectors {folder} is not there. Make it, or change Connectors:Folder.");
        return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(file => (file, Read(file, TextOf(file))))];
    }

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupFault($"The connector {file} cannot be read: {exception.Message}");
        }
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
