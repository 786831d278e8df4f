using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Alumia.Lab.Storage;

/// <summary>For <c>dotnet ef migrations add</c>; see docs/decisions.md for the two commands.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteLabDbContext>
{
    public SqliteLabDbContext CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<SqliteLabDbContext>();
        LabDbContexts.UseSqlite(builder, null, "Data Source=:memory:");
        return new SqliteLabDbContext(builder.Options);
    }
}

internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresLabDbContext>
{
    public PostgresLabDbContext CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<PostgresLabDbContext>();
        LabDbContexts.UsePostgres(builder, null, "Host=localhost");
        return new PostgresLabDbContext(builder.Options);
    }
}
