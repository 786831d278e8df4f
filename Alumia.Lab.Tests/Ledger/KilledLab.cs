using System.Net.Http.Json;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Ledger;

/// <summary>A lab that is killed and started again on the same data while many send it deeds; a deed without an answer is sent again to the next one.</summary>
internal sealed class KilledLab(LabProcess lab, IReadOnlyList<int> killsAt) : IDisposable
{
    private readonly SemaphoreSlim _killing = new(1, 1);
    private readonly List<HttpClient> _gone = [];
    private HttpClient _client = lab.Client();
    private int _answered;
    private int _kills;

    /// <summary>How many deeds were answered.</summary>
    public int Answered => _answered;

    public int Kills => _kills;

    /// <summary>How many deeds were sent more than once, because a kill left them without an answer.</summary>
    public int SentAgain { get; private set; }

    /// <summary>Sends a deed until it is answered.</summary>
    public async Task<string> DoAsync(Deed deed)
    {
        while (true)
        {
            var client = Volatile.Read(ref _client);
            try
            {
                using var answer = await client.PostAsJsonAsync(LedgerDriver.Path, deed, TestContext.Current.CancellationToken);
                var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                if (!answer.IsSuccessStatusCode)
                    throw new InvalidOperationException($"{deed} was answered {(int)answer.StatusCode}: {text}\n{lab.Output}");
                if (Interlocked.Increment(ref _answered) is var number && killsAt.Contains(number))
                    await KillAsync();
                return text;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                await _killing.WaitAsync(); // Until it is up again.
                if (ReferenceEquals(client, _client))
                {
                    _killing.Release();
                    throw new InvalidOperationException($"The lab ended by itself:\n{lab.Output}", exception);
                }
                SentAgain++;
                _killing.Release();
            }
        }
    }

    public void Dispose()
    {
        _gone.ForEach(client => client.Dispose());
        _client.Dispose();
        _killing.Dispose();
    }

    private async Task KillAsync()
    {
        await _killing.WaitAsync();
        try
        {
            await lab.KillAsync();
            await lab.RestartAsync();
            _kills++;
            _gone.Add(_client); // Kept to the end: who still sends with it is to hear that nobody is there, and not that it was cancelled.
            Volatile.Write(ref _client, lab.Client());
        }
        finally
        {
            _killing.Release();
        }
    }
}
