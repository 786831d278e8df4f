using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Mission;

/// <summary>A lab of the mission: real processes, reached from outside alone. One serves all stories of its class.</summary>
public abstract class MissionLab : ILab, IAsyncLifetime
{
    /// <summary>The machine's way to other hosts is a proxy that does not answer, so that no story asks a real service anything.</summary>
    protected static Dictionary<string, string?> NoInternet { get; } = new() { ["HTTPS_PROXY"] = "http://127.0.0.1:9", ["NO_PROXY"] = "127.0.0.1,localhost" };

    /// <summary>Where people and programs reach it.</summary>
    public abstract Uri Address { get; }

    /// <summary>What all its processes printed.</summary>
    public abstract string Output { get; }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>A program of somebody's: it keeps no cookie, so a balancer may send each of its calls to another copy.</summary>
    public HttpClient Program() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
}

/// <summary>SQLite and one copy, with its defaults.</summary>
public sealed class OneCopy : MissionLab
{
    private LabProcess? _process;

    public override Uri Address => _process!.Address;

    public override string Output => _process!.Output;

    public override async ValueTask InitializeAsync() => _process = await LabProcess.StartAsync(NoInternet);

    public override async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }
}
