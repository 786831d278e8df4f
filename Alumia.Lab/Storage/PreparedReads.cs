using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Alumia.Lab.Storage;

/// <summary>
/// Keeps the queries of one connection that stays open prepared. EF makes a new command for each read, which SQLite would parse and plan anew:
/// with many chats at once that was over a third of the processor's time. PostgreSQL's driver keeps its own.
/// </summary>
internal sealed class PreparedReads(SqliteConnection connection) : DbCommandInterceptor
{
    private const int Most = 64;
    private readonly Dictionary<string, (SqliteCommand Command, DbDataReader Reader)> _prepared = [];

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result) =>
        Read((SqliteCommand)command) is { } reader ? InterceptionResult<DbDataReader>.SuppressWithResult(reader) : result;

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ReaderExecuting(command, eventData, result));

    /// <summary>Null where the same query is being read already: EF's own command reads beside it.</summary>
    private SqliteDataReader? Read(SqliteCommand asked)
    {
        var isKept = _prepared.TryGetValue(asked.CommandText, out var kept);
        if (isKept && !kept.Reader.IsClosed)
            return null;
        var command = isKept ? kept.Command : new SqliteCommand(asked.CommandText, connection);
        command.CommandTimeout = asked.CommandTimeout;
        command.Transaction = asked.Transaction;
        command.Parameters.Clear();
        foreach (SqliteParameter parameter in asked.Parameters)
            command.Parameters.Add(parameter);
        var reader = command.ExecuteReader();
        if (!isKept && _prepared.Count == Most)
            Forget();
        _prepared[asked.CommandText] = (command, reader);
        return reader;
    }

    private void Forget()
    {
        foreach (var (command, reader) in _prepared.Values.Where(each => each.Reader.IsClosed))
            command.Dispose();
        _prepared.Clear();
    }
}
