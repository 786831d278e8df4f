namespace Alumia.Lab.Connectors;

/// <summary>The change keys of connections.</summary>
public static class ConnectionKeys
{
    /// <summary>One connection: its status, scopes, account, or that it is gone.</summary>
    public static string Of(string connectionId) => $"connection:{connectionId}";

    /// <summary>The org's list of connections, and anything of one of them.</summary>
    public static string List(string orgId) => $"connections:{orgId}";
}
