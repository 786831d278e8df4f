using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Operations;

/// <summary>Puts a backup into an empty place: a data folder without a lab, and for PostgreSQL a database without one. A backup of an older version is brought up to this one.</summary>
internal static class Restore
{
    /// <exception cref="StartupFault">The place is not empty, or the file is no backup that this lab can read.</exception>
    public static async Task<BackupFacts> ReadAsync(StorageOptions storage, string file, CancellationToken cancellation)
    {
        await RequireEmptyAsync(storage, cancellation);
        Directory.CreateDirectory(storage.FullDirectory);
        var unpacked = Path.Combine(storage.FullDirectory, $"restore-{Guid.NewGuid():N}");
        Directory.CreateDirectory(unpacked);
        try
        {
            var facts = await UnpackAsync(file, unpacked, cancellation);
            using var contexts = new LabDbContexts(Options.Create(storage));
            await using var db = contexts.Create(SaveRule.Directly);
            if (facts.Provider != storage.Provider)
                throw new StartupFault($"This backup is of a lab on {facts.Provider}, and Storage:Provider is {storage.Provider}.");
            if (!db.Database.GetMigrations().Contains(facts.Migration))
                throw new StartupFault($"This backup is of a newer lab ({facts.Migration}). Restore it with that version.");
            if (storage.Provider == StorageProvider.Sqlite)
            {
                File.Move(Path.Combine(unpacked, Backup.Database), storage.SqliteFile);
            }
            else
            {
                await db.GetService<IMigrator>().MigrateAsync(facts.Migration, cancellation);
                var folder = Path.Combine(unpacked, Backup.TablesFolder);
                await PostgresTables.ReadAsync(storage, Directory.EnumerateFiles(folder).ToDictionary(path => Path.GetFileName(path)), cancellation);
            }
            await db.Database.MigrateAsync(cancellation);
            var files = Path.Combine(unpacked, Backup.FilesFolder);
            if (Directory.Exists(files))
                foreach (var folder in Directory.EnumerateDirectories(files))
                    Directory.Move(folder, Path.Combine(storage.FullDirectory, Path.GetFileName(folder)));
            return facts;
        }
        finally
        {
            Directory.Delete(unpacked, recursive: true);
        }
    }

    private static async Task RequireEmptyAsync(StorageOptions storage, CancellationToken cancellation)
    {
        foreach (var taken in new[] { storage.SqliteFile, Path.Combine(storage.FullDirectory, "keys"), Path.Combine(storage.FullDirectory, "sessions") })
            if (File.Exists(taken) || Directory.Exists(taken))
                throw new StartupFault($"{storage.FullDirectory} is not empty: {Path.GetFileName(taken)} is there. Set Storage:Directory to a new folder.");
        if (storage.Provider == StorageProvider.Postgres && !await PostgresTables.IsEmptyAsync(storage, cancellation))
            throw new StartupFault("There is a lab in this database. Restore into an empty one.");
    }

    private static async Task<BackupFacts> UnpackAsync(string file, string folder, CancellationToken cancellation)
    {
        try
        {
            await using var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(packed, folder, overwriteFiles: false, cancellation);
            return JsonSerializer.Deserialize<BackupFacts>(await File.ReadAllBytesAsync(Path.Combine(folder, Backup.Facts), cancellation))!;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            throw new StartupFault($"{file} is no backup of a lab that can be read: {exception.Message}");
        }
    }
}
