using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Storage;

/// <summary>
/// Readers' contexts for SQLite, each with a connection that stays open while nobody has it: opening one registers all of EF's functions anew and
/// costs more than most reads. Who disposes a context gives it back.
/// </summary>
internal sealed class SqliteReaders(string connectionString) : IDbContextFactory<LabDbContext>, IDisposable
{
    private const int MostIdle = 64;
    private readonly ConcurrentStack<SqliteLabDbContext> _idle = [];
    private volatile bool _isOver;
    private int _count;

    public LabDbContext CreateDbContext()
    {
        if (_idle.TryPop(out var idle))
        {
            Interlocked.Decrement(ref _count);
            idle.GoesBackTo = TakeBack;
            return idle;
        }
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        var builder = new DbContextOptionsBuilder<SqliteLabDbContext>();
        LabDbContexts.UseSqlite(builder, connection, connectionString);
        builder.AddInterceptors(new PreparedReads(connection));
        builder.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
        return new SqliteLabDbContext(builder.Options) { Saves = SaveRule.Never, GoesBackTo = TakeBack };
    }

    public void Dispose()
    {
        _isOver = true;
        while (_idle.TryPop(out var db))
            End(db);
    }

    private void TakeBack(LabDbContext given)
    {
        var db = (SqliteLabDbContext)given;
        db.ChangeTracker.Clear();
        if (Interlocked.Increment(ref _count) > MostIdle || _isOver)
        {
            Interlocked.Decrement(ref _count);
            End(db);
            return;
        }
        _idle.Push(db);
        if (_isOver && _idle.TryPop(out var late))
            End(late);
    }

    private static void End(SqliteLabDbContext db)
    {
        var connection = db.Database.GetDbConnection();
        db.Dispose();
        connection.Dispose();
    }
}
