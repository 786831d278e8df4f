using System.Text.RegularExpressions;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Tests.Harness;

/// <summary>
/// The built lab as a process of its own, for what a process alone can show: a kill, a restart on the same data, two copies on one database.
/// <c>await using var lab = await LabProcess.StartAsync();</c>
/// </summary>
public sealed partial class LabProcess : ILab, IAsyncDisposable
{
    /// <summary>A copy that joins others may have to wait until they have declared another dead.</summary>
    private static readonly TimeSpan _join = TimeSpan.FromSeconds(120);

    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly bool _isDriven;
    private readonly TempFolder _folder = new();
    private ChildProcess? _process;

    private LabProcess(IReadOnlyDictionary<string, string?>? settings, bool isDriven)
    {
        (_settings, _isDriven) = (settings ?? new Dictionary<string, string?>(), isDriven);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>The data folder; it outlives a restart.</summary>
    public string Folder => _folder.Path;

    /// <summary>Its database, for who reads it from outside.</summary>
    public StorageOptions Storage => _settings.GetValueOrDefault("Storage:ConnectionString") is { } connection
        ? new() { Provider = StorageProvider.Postgres, ConnectionString = connection }
        : new() { Directory = Folder };

    /// <summary>What the running process, or the last one, wrote.</summary>
    public string Output => _process?.Output ?? "";

    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The lab was never started.");

    /// <summary>Starts a lab in Development with settings as <c>Section:Key</c>; <c>ASPNETCORE_ENVIRONMENT</c> and its like may be among them.</summary>
    /// <param name="settings">Configuration and environment.</param>
    /// <param name="isDriven">With the endpoints of <see cref="LabDriver"/>, by which a test does from outside what only a page could.</param>
    public static async Task<LabProcess> StartAsync(IReadOnlyDictionary<string, string?>? settings = null, bool isDriven = false)
    {
        var lab = new LabProcess(settings, isDriven);
        try
        {
            await lab.RestartAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again on the same data, after an end of whatever kind; on another port.</summary>
    public async Task RestartAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        var environment = new Dictionary<string, string?>
        {
            ["DOTNET_TieredPGO"] = "0", // It pays for itself in processes that live longer than a test's.
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["DOTNET_ENVIRONMENT"] = null,
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["Storage__Directory"] = Folder,
        };
        foreach (var (name, value) in _settings)
            environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        var dll = Path.Combine(AppContext.BaseDirectory, "Alumia.Lab.dll");
        string[] arguments = [dll];
        if (_isDriven)
        {
            // A hosting startup is found among the assemblies that the tests depend on, of which they are one.
            environment["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = "Alumia.Lab.Tests";
            var tests = Path.Combine(AppContext.BaseDirectory, "Alumia.Lab.Tests");
            arguments = ["exec", "--depsfile", tests + ".deps.json", "--runtimeconfig", tests + ".runtimeconfig.json", dll];
        }
        _process = await ChildProcess.StartAsync(Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet", arguments, environment, Folder);
        var line = await Eventually.Value(() => _process.HasExited ? Match.Empty : Printed().Match(_process.Output), match => match.Success || _process.HasExited, "the lab prints its address", _settings.ContainsKey("Cluster:Provider") ? _join : null);
        if (!line.Success)
            throw new InvalidOperationException($"The lab ended with {await _process.Exited} before it listened:\n{Output}");
        Address = new Uri(line.Groups[1].Value);
    }

    /// <summary>SIGKILL: it gets no chance to save anything.</summary>
    public async Task KillAsync() => await _process!.EndAsync(ChildProcess.Kill);

    /// <summary>Whether it has ended, however it did.</summary>
    public bool HasEnded => _process!.HasExited;

    /// <summary>Any other signal.</summary>
    public void Signal(int signal) => _process!.Signal(signal);

    /// <summary>SIGTERM: an orderly end; returns the exit code.</summary>
    public async Task<int> StopAsync() => await _process!.EndAsync(ChildProcess.Terminate);

    /// <inheritdoc cref="LabHost.Client"/>
    public HttpClient Client() => LabClient.Create(Address);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited && TestContext.Current.TestState?.Result == TestResult.Failed)
                TestContext.Current.TestOutputHelper?.WriteLine(Output);
            await _process.DisposeAsync();
        }
        _folder.Dispose();
    }

    [GeneratedRegex(@"Alumia Lab is at (https?://\S+)")]
    private static partial Regex Printed();
}
