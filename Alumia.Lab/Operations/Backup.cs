using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Alumia.Lab.Storage;
using Microsoft.Data.Sqlite;

namespace Alumia.Lab.Operations;

/// <summary>What a backup holds.</summary>
/// <param name="At">When it was begun, in UTC.</param>
/// <param name="Provider">The kind of database it came from, and the only one that it can be restored into.</param>
/// <param name="Migration">The last migration of that database.</param>
/// <param name="Tables">How many tables.</param>
/// <param name="Files">How many files of the data folder: keys, and the sessions' folders.</param>
internal sealed record BackupFacts(DateTimeOffset At, StorageProvider Provider, string Migration, int Tables, int Files);

/// <summary>
/// Writes everything that the lab has kept into one <c>.tar.gz</c>, while it runs or not. The database is of one moment: SQLite's as
/// <c>VACUUM INTO</c> copies it, PostgreSQL's as one transaction sees it. The files are copied just after.
/// </summary>
internal static class Backup
{
    internal const string Facts = "backup.json";
    internal const string Database = "lab.db";
    internal const string TablesFolder = "tables/";
    internal const string FilesFolder = "files/";

    /// <summary>Folders of the data folder that are not made anew by themselves.</summary>
    private static readonly string[] _folders = ["keys", "sessions"];

    /// <exception cref="StartupFault">There is no lab, or the file cannot be written.</exception>
    public static async Task<BackupFacts> WriteAsync(StorageOptions storage, string file, CancellationToken cancellation)
    {
        var partial = file + ".partial";
        try
        {
            BackupFacts facts;
            await using (var packed = new GZipStream(Create(partial), CompressionLevel.Fastest))
            await using (var tar = new TarWriter(packed, TarEntryFormat.Pax))
            {
                var (migration, tables) = storage.Provider == StorageProvider.Sqlite ? await SqliteAsync(storage, tar, cancellation) : await PostgresTables.WriteAsync(storage, tar, cancellation);
                facts = new BackupFacts(TimeProvider.System.GetUtcNow(), storage.Provider, migration, tables, await FilesAsync(storage.FullDirectory, tar, cancellation));
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, Facts) { DataStream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(facts)) }, cancellation);
            }
            File.Move(partial, file, overwrite: true);
            return facts;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static FileStream Create(string path)
    {
        try
        {
            // It has the keys to every secret: for its owner's eyes.
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new FileStream(path, options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupFault($"The backup cannot be written: {exception.Message}");
        }
    }

    private static async Task<(string Migration, int Tables)> SqliteAsync(StorageOptions storage, TarWriter tar, CancellationToken cancellation)
    {
        if (!File.Exists(storage.SqliteFile))
            throw new StartupFault($"There is no lab in {storage.FullDirectory} to back up.");
        var copy = Path.Combine(storage.FullDirectory, $"backup-{Guid.NewGuid():N}.db");
        try
        {
            await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = storage.SqliteFile, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 30 }.ToString());
            await connection.OpenAsync(cancellation);
            await using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $copy";
            command.Parameters.AddWithValue("$copy", copy);
            await command.ExecuteNonQueryAsync(cancellation);
            await using var made = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            await made.OpenAsync(cancellation);
            await using var read = made.CreateCommand();
            read.CommandText = "SELECT (SELECT max(migration_id) FROM __EFMigrationsHistory), (SELECT count(*) FROM sqlite_master WHERE type = 'table')";
            await using var row = await read.ExecuteReaderAsync(cancellation);
            await row.ReadAsync(cancellation);
            var found = (row.GetString(0), row.GetInt32(1));
            await tar.WriteEntryAsync(copy, Database, cancellation);
            return found;
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static async Task<int> FilesAsync(string directory, TarWriter tar, CancellationToken cancellation)
    {
        var files = 0;
        // No links: a command of an agent may have left any.
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var folder in _folders.Select(name => Path.Combine(directory, name)).Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", options))
            {
                try
                {
                    await tar.WriteEntryAsync(file, FilesFolder + Path.GetRelativePath(directory, file).Replace('\\', '/'), cancellation);
                    files++;
                }
                catch (FileNotFoundException)
                {
                    // A command that runs has deleted it meanwhile.
                }
            }
        }
        return files;
    }
}
