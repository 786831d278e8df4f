using System.Net;

namespace Alumia.Lab.Connectors;

/// <summary>Asks again, at most twice, where asking again changes nothing (GET) and the service was not reached, failed, or said to wait a little.</summary>
internal sealed class PatientHttp(ConnectorHttp http, TimeProvider clock)
{
    private const int MostTries = 3;
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(20);

    /// <summary>The last answer, or in words why there was none.</summary>
    public async Task<(HttpResponseMessage? Response, string? Why)> SendAsync(Connector connector, string token, Func<HttpRequestMessage> make, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            var pause = _firstPause * (tries * tries);
            HttpMethod? method = null;
            HttpRequestMessage Make()
            {
                var request = make();
                method = request.Method;
                return request;
            }
            try
            {
                var response = await http.SendAsync(connector, token, Make, cancellation);
                if (!IsPassing(response.StatusCode) || method != HttpMethod.Get || tries == MostTries)
                    return (response, null);
                pause = AskedPause(response) ?? pause;
                if (pause > _longestPause)
                    return (response, null);
                response.Dispose();
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellation.IsCancellationRequested)
            {
                if (method != HttpMethod.Get || tries == MostTries)
                    return (null, $"{connector.Name} could not be reached: {exception.Message.TrimEnd('.')}.");
            }
            await Task.Delay(pause, clock, cancellation);
        }
    }

    private static bool IsPassing(HttpStatusCode status) => status == HttpStatusCode.TooManyRequests || (int)status >= 500;

    private TimeSpan? AskedPause(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };
}
