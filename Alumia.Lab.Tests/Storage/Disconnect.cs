using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Storage;

internal static class Disconnect
{
    /// <summary>Ends the connections of a database that match, as a restart of the server would; returns how many there were.</summary>
    public static async Task<object?> OthersAsync(string connectionString, string which) =>
        await PostgresServer.RunAsync(connectionString, $"""
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}
            """);
}
