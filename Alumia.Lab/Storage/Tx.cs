using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Alumia.Lab.Storage;

/// <summary>
/// One work of the writer, inside its transaction. Synchronous on purpose: a work computes and writes, and awaits nothing.
/// What it leaves in <see cref="Db"/> is saved when it returns; when it throws, nothing of it stays.
/// </summary>
public sealed class Tx
{
    private readonly DbConnection _connection;
    private readonly Func<LabDbContext> _open;
    private readonly Dictionary<string, DbCommand> _prepared = [];
    private readonly HashSet<string> _changed = [];
    private readonly TimeProvider _clock;
    private LabDbContext? _db;

    internal Tx(DbConnection connection, Func<LabDbContext> open, TimeProvider clock)
    {
        _connection = connection;
        _open = open;
        _clock = clock;
    }

    /// <summary>A tracking context on this transaction, for all that is not hot.</summary>
    public LabDbContext Db => _db ??= Configure(_open());

    /// <summary>Now, in UTC milliseconds.</summary>
    public long NowMs => _clock.NowMs();

    /// <summary>Ends a SELECT whose rows must stay as they were read until this ends. On SQLite nobody else writes meanwhile, so nothing is needed.</summary>
    public string ForUpdate => _connection is NpgsqlConnection ? " FOR UPDATE" : "";

    /// <summary>
    /// Holds a name until the end of the work, after whoever holds it now: for what two works would make at once, of which neither sees the other's. SQLite has one
    /// writer, and nothing to wait for.
    /// </summary>
    public void Hold(string name)
    {
        if (_connection is NpgsqlConnection)
            Run("SELECT pg_advisory_xact_lock(hashtextextended(@name, 0))", ("name", name));
    }

    /// <summary>Names a key whose readers should read again once this has committed.</summary>
    public void Changed(string key) => _changed.Add(key);

    /// <summary>Runs a prepared statement; returns the number of rows it touched.</summary>
    public int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Prepare(sql, parameters).ExecuteNonQuery();

    /// <summary>Reads the first row of a prepared query, or the default where there is none.</summary>
    public T? One<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Prepare(sql, parameters).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    /// <summary>Reads all rows of a prepared query.</summary>
    public List<T> All<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Prepare(sql, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    internal HashSet<string> TakeChanged()
    {
        var taken = new HashSet<string>(_changed);
        _changed.Clear();
        return taken;
    }

    internal void SaveDb()
    {
        if (_db?.ChangeTracker.HasChanges() == true)
            _db.SaveChanges();
    }

    internal void Forget()
    {
        _changed.Clear();
        _db?.ChangeTracker.Clear();
    }

    internal void Close()
    {
        foreach (var command in _prepared.Values)
            command.Dispose();
        _prepared.Clear();
        _db?.Dispose();
        _db = null;
    }

    private static LabDbContext Configure(LabDbContext db)
    {
        db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        db.Database.AutoSavepointsEnabled = false;
        return db;
    }

    private DbCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (_prepared.TryGetValue(sql, out var command))
        {
            if (parameters.Length != command.Parameters.Count)
                throw new ArgumentException("The same statement takes the same parameters each time.", nameof(parameters));
            for (var i = 0; i < parameters.Length; i++)
            {
                var (name, value) = parameters[i];
                var parameter = command.Parameters[i];
                if (!parameter.ParameterName.AsSpan(1).SequenceEqual(Bare(name)))
                    parameter = command.Parameters[$"@{Bare(name)}"];
                parameter.Value = value ?? DBNull.Value;
            }
            return command;
        }
        command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@{Bare(name)}"; // As the statement has it: SQLite's driver looks four times for a name without it, at each run.
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return _prepared[sql] = command;
    }

    private static ReadOnlySpan<char> Bare(string name) => name.AsSpan(name[0] == '@' ? 1 : 0);
}
