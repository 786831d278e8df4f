using Alumia.Lab.Ledger;
using Alumia.Lab.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Operations;

/// <summary>What an operator asks of the lab besides running it: <c>backup</c>, <c>restore</c>, <c>verify</c>. Each reads the same configuration as the lab, beside one that may be running.</summary>
internal static class Commands
{
    private const string Usage = "The lab's commands are: backup <file>, restore <file>, verify. Without one it starts.";
    private static readonly string[] _names = ["backup", "restore", "verify"];

    /// <summary>Does the command that the arguments name; null where they name none and the lab is to start.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="StartupFault">It cannot be done; the message is one line that says why.</exception>
    public static async Task<int?> RunAsync(string[] args, CancellationToken cancellation = default)
    {
        if (args is not [var name, ..] || name.StartsWith('-'))
            return null;
        var file = name == "verify" ? "" : args.Skip(1).FirstOrDefault(each => !each.StartsWith('-')) ?? "";
        if (!_names.Contains(name) || (name != "verify" && file.Length == 0))
            throw new StartupFault(Usage);
        var storage = Configuration(args[(file.Length == 0 ? 1 : 2)..]);
        switch (name)
        {
            case "backup":
                var written = await Backup.WriteAsync(storage, file, cancellation);
                Console.WriteLine($"Wrote {file}: {written.Tables} tables, {written.Files} files, {new FileInfo(file).Length:N0} bytes");
                return 0;
            case "restore":
                var read = await Restore.ReadAsync(storage, file, cancellation);
                Console.WriteLine($"Restored the lab of {read.At:u}: {read.Tables} tables, {read.Files} files");
                return 0;
            default:
                return await VerifyAsync(storage, cancellation);
        }
    }

    private static StorageOptions Configuration(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        return builder.Configuration.GetSection("Storage").Get<StorageOptions>() ?? new StorageOptions();
    }

    private static async Task<int> VerifyAsync(StorageOptions storage, CancellationToken cancellation)
    {
        using var contexts = new LabDbContexts(Options.Create(storage));
        using var audit = new LedgerAudit(contexts, TimeProvider.System, NullLogger<LedgerAudit>.Instance);
        var report = await audit.RunAsync(cancellation);
        foreach (var fault in report.Faults)
            await Console.Error.WriteLineAsync(fault);
        Console.WriteLine(report.IsRight
            ? $"The ledger is right: {report.Orgs} orgs, {report.Transfers} transfers, {report.Steps} steps"
            : $"The ledger is wrong in {report.Faults.Count} places");
        return report.IsRight ? 0 : 1;
    }
}
