using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Storage;

/// <summary>Makes contexts for the configured database.</summary>
public sealed class LabDbContexts(IOptions<StorageOptions> options) : IDbContextFactory<LabDbContext>
{
    private readonly StorageOptions _options = options.Value;

    public bool IsSqlite => _options.Provider == StorageProvider.Sqlite;

    public string ConnectionString => IsSqlite
        ? new SqliteConnectionStringBuilder { DataSource = _options.SqliteFile, ForeignKeys = true, DefaultTimeout = 30 }.ToString()
        : new Npgsql.NpgsqlConnectionStringBuilder(_options.ConnectionString) { MaxAutoPrepare = 200, AutoPrepareMinUsages = 2 }.ToString();

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
