namespace Alumia.Lab.Storage;

public enum StorageProvider
{
    Sqlite,
    Postgres,
}

/// <summary>The section <c>Storage</c> of the configuration.</summary>
public sealed class StorageOptions
{
    public StorageProvider Provider { get; set; }

    /// <summary>Where the database file, the key ring and the files of the lab are; relative to the working directory.</summary>
    public string Directory { get; set; } = "data";

    /// <summary>For PostgreSQL: how to connect.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>For PostgreSQL: how many threads write at once.</summary>
    public int WriterThreads { get; set; } = 8;

    public string FullDirectory => Path.GetFullPath(Directory);

    public string SqliteFile => Path.Combine(FullDirectory, "lab.db");
}
