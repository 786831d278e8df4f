using System.Data;
using System.Formats.Tar;
using Alumia.Lab.Storage;
using Npgsql;

namespace Alumia.Lab.Operations;

/// <summary>All rows of a PostgreSQL database, table by table, by its own <c>COPY</c> in binary: no program of PostgreSQL's is needed.</summary>
internal static class PostgresTables
{
    private const string History = "__EFMigrationsHistory";

    /// <summary>Writes every table as one transaction sees them.</summary>
    public static async Task<(string Migration, int Tables)> WriteAsync(StorageOptions storage, TarWriter tar, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(storage, cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        if (!await ExistsAsync(connection, cancellation))
            throw new StartupFault("There is no lab in this database to back up.");
        var migration = (string)(await ScalarAsync(connection, $"SELECT max(migration_id) FROM \"{History}\"", cancellation))!;
        var tables = await TablesAsync(connection, cancellation);
        foreach (var table in tables)
        {
            // A tar entry begins with its length, so that a table passes through a file.
            await using var rows = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 81_920, FileOptions.DeleteOnClose);
            await using (var copy = await connection.BeginRawBinaryCopyAsync($"COPY \"{table}\" ({await ColumnsAsync(connection, table, cancellation)}) TO STDOUT (FORMAT BINARY)", cancellation))
                await copy.CopyToAsync(rows, cancellation);
            rows.Position = 0;
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, Backup.TablesFolder + table) { DataStream = rows }, cancellation);
        }
        return (migration, tables.Count);
    }

    /// <summary>Whether the database has a lab in it.</summary>
    public static async Task<bool> IsEmptyAsync(StorageOptions storage, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(storage, cancellation);
        return !await ExistsAsync(connection, cancellation);
    }

    /// <summary>Reads tables, which <paramref name="files"/> has by name, into a database that has just been made by the same migrations: all of them, or none.</summary>
    public static async Task ReadAsync(StorageOptions storage, IReadOnlyDictionary<string, string> files, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(storage, cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        foreach (var table in await TablesAsync(connection, cancellation))
        {
            if (!files.TryGetValue(table, out var file))
                throw new StartupFault($"The backup lacks the table {table}.");
            await using (var copy = await connection.BeginRawBinaryCopyAsync($"COPY \"{table}\" ({await ColumnsAsync(connection, table, cancellation)}) FROM STDIN (FORMAT BINARY)", cancellation))
            await using (var rows = File.OpenRead(file))
                await rows.CopyToAsync(copy, cancellation);
            await NumberOnAsync(connection, table, cancellation);
        }
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>What counts by itself goes on after the highest that was restored.</summary>
    private static async Task NumberOnAsync(NpgsqlConnection connection, string table, CancellationToken cancellation)
    {
        var counting = await ListAsync(connection, """
            SELECT column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = $1 AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL
            """, cancellation, table);
        foreach (var column in counting)
            await ScalarAsync(connection, $"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), (SELECT coalesce(max(\"{column}\"), 0) + 1 FROM \"{table}\"), false)", cancellation);
    }

    private static async Task<NpgsqlConnection> OpenAsync(StorageOptions storage, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(storage.ConnectionString) { Pooling = false }.ToString());
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch (NpgsqlException exception)
        {
            throw new StartupFault($"PostgreSQL does not let the lab in: {exception.Message}");
        }
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await ScalarAsync(connection, $"SELECT to_regclass('\"{History}\"') IS NOT NULL", cancellation) is true;

    /// <summary>The lab's tables, without those of Orleans, which know of running copies only; one that refers to another comes after it.</summary>
    private static async Task<IReadOnlyList<string>> TablesAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var left = await ListAsync(connection, $"SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> '{History}' AND tablename NOT LIKE 'orleans%' ORDER BY tablename", cancellation);
        var refers = (await ListAsync(connection, """
            SELECT DISTINCT child.relname || ' ' || parent.relname FROM pg_constraint
            JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid WHERE contype = 'f' AND conrelid <> confrelid
            """, cancellation)).ConvertAll(pair => pair.Split(' '));
        var ordered = new List<string>();
        while (left.Count > 0)
        {
            var free = left.FindAll(table => !refers.Exists(pair => pair[0] == table && left.Contains(pair[1])));
            if (free.Count == 0)
                throw new InvalidOperationException($"The tables {string.Join(", ", left)} refer to each other in a circle.");
            ordered.AddRange(free);
            left.RemoveAll(free.Contains);
        }
        return ordered;
    }

    private static async Task<string> ColumnsAsync(NpgsqlConnection connection, string table, CancellationToken cancellation) =>
        string.Join(", ", (await ListAsync(connection, """
            SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER' ORDER BY column_name
            """, cancellation, table)).Select(column => $"\"{column}\""));

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation, string? parameter = null)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (parameter is not null)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        var list = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            list.Add(reader.GetString(0));
        return list;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellation);
    }
}
