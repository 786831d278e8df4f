using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alumia.Lab.Storage;

public static class StorageModule
{
    public static WebApplicationBuilder AddStorage(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection("Storage");
        var options = section.Get<StorageOptions>() ?? new StorageOptions();
        builder.Services.Configure<StorageOptions>(section);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ChangeFeed>();
        builder.Services.AddSingleton<FolderLock>();
        builder.Services.AddSingleton<LabDbContexts>();
        builder.Services.AddSingleton<IDbContextFactory<LabDbContext>>(services => services.GetRequiredService<LabDbContexts>());
        builder.Services.AddSingleton<Writer>(services => options.Provider == StorageProvider.Sqlite
            ? ActivatorUtilities.CreateInstance<SqliteWriter>(services)
            : ActivatorUtilities.CreateInstance<PostgresWriter>(services, options.WriterThreads));

        // For the stores of libraries (Identity, Data Protection), which take a context from the scope and save by themselves.
        builder.Services.AddScoped<LabDbContext>(services =>
        {
            var db = services.GetRequiredService<LabDbContexts>().Create(SaveRule.Exclusively);
            db.Writer = services.GetRequiredService<Writer>();
            return db;
        });

        if (options.Provider == StorageProvider.Postgres)
            builder.Services.AddSingleton<PostgresFeed>().AddHostedService(services => services.GetRequiredService<PostgresFeed>());
        KeyRing.Add(builder, options);
        return builder;
    }

    /// <summary>Creates or upgrades the database. Runs before anything of the lab starts.</summary>
    /// <exception cref="StartupFault">Another process has the data folder, it cannot be made, or PostgreSQL lets nobody in.</exception>
    public static async Task PrepareStorageAsync(this WebApplication app, CancellationToken cancellation = default)
    {
        var options = app.Services.GetRequiredService<IOptions<StorageOptions>>().Value;
        MakeFolder(options.FullDirectory);
        await using var db = app.Services.GetRequiredService<LabDbContexts>().Create(SaveRule.Directly);
        if (options.Provider == StorageProvider.Sqlite)
        {
            app.Services.GetRequiredService<FolderLock>().Take();
            await ForgetDeadMigrationAsync(db, cancellation);
        }
        try
        {
            await db.Database.MigrateAsync(cancellation);
        }
        catch (Exception exception) when (Unreachable(exception) is { } why)
        {
            throw new StartupFault($"PostgreSQL does not let the lab in: {why}");
        }
    }

    /// <summary>Why there is no way into the database; null where the fault is another. EF Core wraps what may pass.</summary>
    private static string? Unreachable(Exception exception) => exception switch
    {
        PostgresException { SqlState: ['2', '8', ..] or ['3', 'D', ..] } refused => refused.MessageText,
        PostgresException => null,
        NpgsqlException lost => lost.Message.ReplaceLineEndings(" "),
        _ => exception.InnerException is { } inner ? Unreachable(inner) : null,
    };

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupFault($"The data folder {folder} cannot be made: {exception.Message} Set Storage:Directory to another folder.");
        }
    }

    /// <summary>EF Core locks a migration by a row, which outlives a process that is killed, and then waits for it for ever. Nobody else can be migrating: this process has the folder.</summary>
    private static async Task ForgetDeadMigrationAsync(LabDbContext db, CancellationToken cancellation)
    {
        var locks = await db.Database.SqlQuery<int>($"SELECT count(*) AS Value FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(cancellation);
        if (locks > 0)
            await db.Database.ExecuteSqlAsync($"DELETE FROM __EFMigrationsLock", cancellation);
    }
}
