using System.Text.Json;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;

namespace Alumia.Lab.Tests.Cluster;

/// <summary>
/// Somebody who watches one session through the balancer, as a page does: holds on to the answer as it streams, and where the line breaks or falls
/// silent comes again from the cursor they had, with the same cookie.
/// </summary>
internal sealed class Watcher : IAsyncDisposable
{
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(15);
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Task _watching;
    private volatile bool _isAnswered;

    public Watcher(HttpClient client, string session)
    {
        _client = client;
        _watching = WatchAsync(session);
    }

    /// <summary>What they saw of the answers, stored or not; read when it no longer changes.</summary>
    public string Seen { get; private set; } = "";

    /// <summary>How often they had to come again.</summary>
    public int Returns { get; private set; }

    /// <summary>They saw the turn's end.</summary>
    public bool IsAnswered => _isAnswered;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(string session)
    {
        var seen = new DrivenSession.Seen();
        while (!_isAnswered && !_stop.IsCancellationRequested)
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                patience.CancelAfter(_silence);
                using var response = await _client.GetAsync(new Uri($"/driver/watch?session={session}&from={seen.After}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, patience.Token);
                using var reader = new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(patience.Token));
                while (!_isAnswered && await reader.ReadLineAsync(patience.Token) is { } text)
                {
                    patience.CancelAfter(_silence);
                    var line = JsonSerializer.Deserialize<LabDriver.Line>(text)!;
                    seen.Take(line);
                    Seen = seen.Closed + seen.Open;
                    _isAnswered = line.Kind == nameof(TurnFinished);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                // The copy at the other end is gone, or stands still.
            }
            if (!_isAnswered)
                Returns++;
        }
    }
}
