namespace Alumia.Lab.Tests.Architecture;

/// <summary>design.md's table: which room stands on which layer. A room uses the layers below its own, and not its neighbours.</summary>
internal static class Layers
{
    private static readonly string[][] _rooms =
    [
        ["Storage", "Outbound", "Limits"],
        ["Accounts", "Organizations"],
        ["Troubles", "Api"],
        ["Models"],
        ["Agents", "Projects", "Ledger"],
        ["Tools"],
        ["Sessions"],
        ["Blocks"],
        ["Sandbox", "Browser", "Web", "Peers", "Connectors", "Billing"],
        ["Chat", "Mcp"],
        ["Canvas", "OpenAi", "AiSdk"],
        ["Sharing", "Offline", "Operations"],
        ["Layout"],
    ];

    /// <summary>Neighbours that may be used all the same: (who, whom).</summary>
    private static readonly (string From, string To)[] _neighbours = [("Organizations", "Accounts"), ("Api", "Troubles")];

    private static readonly Dictionary<string, int> _layerOf =
        _rooms.SelectMany((rooms, layer) => rooms.Select(room => (room, layer))).ToDictionary(pair => pair.room, pair => pair.layer);

    public static bool Knows(string room) => _layerOf.ContainsKey(room);

    /// <summary>Whether a type of one room may use one of another; the root (null) lies below all rooms.</summary>
    public static bool Allow(string? from, string? to) =>
        to is null || from == to || (from is not null && (_layerOf[to] < _layerOf[from] || _neighbours.Contains((from, to))));

    /// <summary>The room of a namespace under <c>Alumia.Lab</c>; null for the root and for what is not of the lab.</summary>
    public static string? RoomOf(string ns, string root = "Alumia.Lab") =>
        ns.StartsWith(root + ".", StringComparison.Ordinal) ? ns[(root.Length + 1)..].Split('.')[0] : null;
}
