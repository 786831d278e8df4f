using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alumia.Lab.Storage;

/// <summary>Makes contexts for the configured database.</summary>
public sealed class LabDbContexts(IOptions<StorageOptions> options) : IDbContextFactory<LabDbContext>
{
    public bool IsSqlite { get; } = options.Value.Provider == StorageProvider.Sqlite;

    public string ConnectionString { get; } = options.Value.Provider == StorageProvider.Sqlite
        ? new SqliteConnectionStringBuilder { DataSource = options.Value.SqliteFile, ForeignKeys = true, DefaultTimeout = 30 }.ToString()
        : new NpgsqlConnectionStringBuilder(options.Value.ConnectionString) { MaxAutoPrepare = 200, AutoPrepareMinUsages = 2 }.ToString();

    /// <summary>A reader's context, for one operation: it tracks nothing and saves nothing.</summary>
    public LabDbContext CreateDbContext()
    {
        var db = Create(SaveRule.Never);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return db;
    }

    internal LabDbContext Create(SaveRule saves, System.Data.Common.DbConnection? connection = null)
    {
        LabDbContext db;
        if (IsSqlite)
        {
            var builder = new DbContextOptionsBuilder<SqliteLabDbContext>();
            UseSqlite(builder, connection, ConnectionString);
            db = new SqliteLabDbContext(builder.Options);
        }
        else
        {
            var builder = new DbContextOptionsBuilder<PostgresLabDbContext>();
            UsePostgres(builder, connection, ConnectionString);
            db = new PostgresLabDbContext(builder.Options);
        }
        db.Saves = saves;
        return db;
    }

    internal static void UseSqlite(DbContextOptionsBuilder builder, System.Data.Common.DbConnection? connection, string connectionString)
    {
        _ = connection is null ? builder.UseSqlite(connectionString) : builder.UseSqlite(connection);
        builder.UseSnakeCaseNamingConvention();
    }

    internal static void UsePostgres(DbContextOptionsBuilder builder, System.Data.Common.DbConnection? connection, string connectionString)
    {
        _ = connection is null ? builder.UseNpgsql(connectionString) : builder.UseNpgsql(connection);
        builder.UseSnakeCaseNamingConvention();
    }
}
