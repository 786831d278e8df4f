using System.Text;

namespace Alumia.Lab.Sandbox;

/// <summary>A program that serves in a sandbox.</summary>
public sealed class RunningProgram : IAsyncDisposable
{
    private const int MostSaid = 4_000;
    private readonly SandboxProcess _process;
    private readonly Task<LimitPassed?> _watch;
    private readonly StringBuilder _said = new();
    private readonly Task _listening;

    internal RunningProgram(SandboxProcess process, Task<LimitPassed?> watch)
    {
        (_process, _watch) = (process, watch);
        _listening = ListenAsync();
    }

    /// <summary>What it reads.</summary>
    public Stream Input => _process.Input;

    /// <summary>What it answers.</summary>
    public Stream Output => _process.Output;

    /// <summary>The end of what it wrote to its errors.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString().Trim();
        }
    }

    /// <summary>Completes when it has ended, with why, in words for people.</summary>
    public async Task<string> EndedAsync()
    {
        var passed = await _watch;
        var code = await _process.Exited;
        await _listening;
        return passed is null ? FormattableString.Invariant($"it ended with exit code {code}") : $"it was stopped: {passed.Words}";
    }

    /// <summary>Kills all of its processes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _watch;
        await _listening;
        await _process.DisposeAsync();
    }

    private async Task ListenAsync()
    {
        var (decoder, bytes, letters) = (new UTF8Encoding(false).GetDecoder(), new byte[4096], new char[4096]);
        try
        {
            int read;
            while ((read = await _process.Errors.ReadAsync(bytes)) > 0)
            {
                lock (_said)
                {
                    _said.Append(letters.AsSpan(0, decoder.GetChars(bytes, 0, read, letters, 0)));
                    if (_said.Length > MostSaid)
                        _said.Remove(0, _said.Length - MostSaid);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It was killed, and its pipe with it.
        }
    }
}
