using Alumia.Lab.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Tests.Harness;

/// <summary>A database as all migrations leave it, made once a run and then copied: migrating each test's own took a tenth of the whole run.</summary>
internal static class DatabaseTemplate
{
    private static readonly Lazy<Task<byte[]>> _sqlite = new(MakeAsync);

    /// <summary>Puts a new SQLite database into a data folder.</summary>
    public static async Task CopyAsync(string folder) => await File.WriteAllBytesAsync(new StorageOptions { Directory = folder }.SqliteFile, await _sqlite.Value);

    /// <summary>Runs all migrations.</summary>
    public static async Task MigrateAsync(StorageOptions options)
    {
        await using var db = new LabDbContexts(Options.Create(options)).Create(SaveRule.Directly);
        await db.Database.MigrateAsync();
    }

    private static async Task<byte[]> MakeAsync()
    {
        using var folder = new TempFolder();
        var options = new StorageOptions { Directory = folder.Path };
        await MigrateAsync(options);
        SqliteConnection.ClearAllPools(); // The last connection to close writes the log back into the file.
        return await File.ReadAllBytesAsync(options.SqliteFile);
    }
}
