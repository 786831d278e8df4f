using System.Diagnostics.CodeAnalysis;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Tests.Storage;

/// <summary>Rows that stand for any room's.</summary>
internal static class Rows
{
    public static void Add(this Tx tx, string name) => tx.Db.Add(new DataProtectionKey { FriendlyName = name });

    public static void Insert(this Tx tx, string name) =>
        _ = tx.Run("INSERT INTO data_protection_keys (friendly_name) VALUES (@name)", ("name", name));

    public static async Task<List<string>> NamesAsync(this LabDatabase database)
    {
        await using var db = database.Read();
        var names = await db.DataProtectionKeys.Select(row => row.FriendlyName!).ToListAsync(TestContext.Current.CancellationToken);
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}

/// <summary>Holds all threads of a writer until opened, so that what is written meanwhile waits together.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _open = new();

    [SuppressMessage("Reliability", "CA2025", Justification = "The gate opens before it is gone.")]
    public Gate(Writer writer, StorageProvider provider)
    {
        var threads = provider == StorageProvider.Sqlite ? 1 : LabDatabase.PostgresThreads;
        using var held = new CountdownEvent(threads);
        for (var i = 0; i < threads; i++)
        {
            _ = writer.Write(_ =>
            {
                held.Signal();
                _open.Wait(TimeSpan.FromSeconds(30));
            });
        }
        Assert.True(held.Wait(TimeSpan.FromSeconds(30)), "The writer's threads take works");
    }

    public void Open() => _open.Set();

    public void Dispose() => _open.Set();
}
