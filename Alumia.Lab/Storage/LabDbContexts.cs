using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alumia.Lab.Storage;

/// <summary>Makes contexts for the configured database.</summary>
public sealed class LabDbContexts : IDbContextFactory<LabDbContext>, IDisposable
{
    private readonly IDbContextFactory<LabDbContext> _readers;

    public LabDbContexts(IOptions<StorageOptions> options)
    {
        IsSqlite = options.Value.Provider == StorageProvider.Sqlite;
        // Nobody changes the settings of a pooled connection, so there is nothing to reset each time that one is given back.
        ConnectionString = IsSqlite
            ? new SqliteConnectionStringBuilder { DataSource = options.Value.SqliteFile, ForeignKeys = true, DefaultTimeout = 30 }.ToString()
            : new NpgsqlConnectionStringBuilder(options.Value.ConnectionString) { MaxAutoPrepare = 200, AutoPrepareMinUsages = 2, NoResetOnClose = true }.ToString();
        _readers = IsSqlite ? new SqliteReaders(ConnectionString) : new PostgresReaders(ConnectionString);
    }

    public bool IsSqlite { get; }

    public string ConnectionString { get; }

    /// <summary>A reader's context, for one operation: it tracks nothing and saves nothing. Contexts are used again, since making one costs more than most reads.</summary>
    public LabDbContext CreateDbContext() => _readers.CreateDbContext();

    public void Dispose() => (_readers as IDisposable)?.Dispose();

    internal LabDbContext Create(SaveRule saves, DbConnection? connection = null)
    {
        LabDbContext db = IsSqlite
            ? new SqliteLabDbContext(OptionsOf<SqliteLabDbContext>(builder => UseSqlite(builder, connection, ConnectionString)))
            : new PostgresLabDbContext(OptionsOf<PostgresLabDbContext>(builder => UsePostgres(builder, connection, ConnectionString)));
        db.Saves = saves;
        return db;
    }

    internal static void UseSqlite(DbContextOptionsBuilder builder, DbConnection? connection, string connectionString)
    {
        _ = connection is null ? builder.UseSqlite(connectionString) : builder.UseSqlite(connection);
        builder.UseSnakeCaseNamingConvention();
    }

    internal static void UsePostgres(DbContextOptionsBuilder builder, DbConnection? connection, string connectionString)
    {
        _ = connection is null ? builder.UseNpgsql(connectionString) : builder.UseNpgsql(connection);
        builder.UseSnakeCaseNamingConvention();
    }

    private static DbContextOptions<T> OptionsOf<T>(Action<DbContextOptionsBuilder> use) where T : LabDbContext
    {
        var builder = new DbContextOptionsBuilder<T>();
        use(builder);
        return builder.Options;
    }

    private sealed class PostgresReaders(string connectionString) : IDbContextFactory<LabDbContext>
    {
        private readonly PooledDbContextFactory<PostgresLabDbContext> _pool = new(OptionsOf<PostgresLabDbContext>(builder =>
        {
            UsePostgres(builder, null, connectionString);
            builder.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
        }));

        public LabDbContext CreateDbContext()
        {
            var db = _pool.CreateDbContext();
            db.Saves = SaveRule.Never;
            return db;
        }
    }
}
