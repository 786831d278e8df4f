using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

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

        var protection = builder.Services.AddDataProtection().SetApplicationName("Alumia.Lab");
        if (options.Provider == StorageProvider.Sqlite)
        {
            protection.PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.FullDirectory, "keys")));
        }
        else
        {
            builder.Services.AddHostedService<PostgresListener>();
            protection.PersistKeysToDbContext<LabDbContext>();
        }
        return builder;
    }

    /// <summary>Creates or upgrades the database. Runs before anything of the lab starts.</summary>
    public static async Task PrepareStorageAsync(this WebApplication app, CancellationToken cancellation = default)
    {
        var options = app.Services.GetRequiredService<IOptions<StorageOptions>>().Value;
        Directory.CreateDirectory(options.FullDirectory);
        await using var db = app.Services.GetRequiredService<LabDbContexts>().Create(SaveRule.Directly);
        await db.Database.MigrateAsync(cancellation);
    }
}
