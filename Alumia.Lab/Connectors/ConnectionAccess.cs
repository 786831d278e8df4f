using System.Net;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Connectors;

/// <summary>
/// Calls a service with a connection's credential: refreshed a minute before it ends and once when it is refused. What a call shows of the
/// connection is remembered: that it works, or that a fresh credential goes on being refused. A service that does not answer makes nothing fail.
/// </summary>
public sealed class ConnectionAccess
{
    private const long AheadMs = 60_000;
    private readonly CredentialDesk _desk;
    private readonly PatientHttp _http;
    private readonly Writer _writer;
    private readonly TimeProvider _clock;

    internal ConnectionAccess(CredentialDesk desk, PatientHttp http, Writer writer, TimeProvider clock) => (_desk, _http, _writer, _clock) = (desk, http, writer, clock);

    /// <summary>Sends what <paramref name="make"/> makes; it is called again for each try. Cancelling ends the call, never a refresh that others wait for.</summary>
    public async Task<Access> SendAsync(string connectionId, Func<HttpRequestMessage> make, CancellationToken cancellation)
    {
        var (held, no) = await _desk.OpenAsync(connectionId, cancellation);
        if (held is null)
            return no!;
        var isFresh = false;
        if (held.Connection.ExpiresAtMs is { } expires && expires - AheadMs <= _clock.NowMs() && held.Credential.Refresh is not null)
        {
            var (renewed, why) = await _desk.RenewAsync(held, cancellation);
            // A provider that cannot be asked now is no reason not to use what still holds.
            if (renewed is null && (why is Access.Refused || expires <= _clock.NowMs()))
                return why!;
            (held, isFresh) = (renewed ?? held, renewed is not null);
        }
        while (true)
        {
            var (response, why) = await _http.SendAsync(held.Setup.Connector, held.Credential.Token, make, cancellation);
            if (response is null)
            {
                await ErredAsync(connectionId, why!);
                return new Access.Unreachable(why!);
            }
            if (response.StatusCode != HttpStatusCode.Unauthorized)
            {
                await RememberAsync(held, response);
                return new Access.Answered(response);
            }
            response.Dispose();
            if (isFresh || held.Credential.Refresh is null)
                return await _desk.FailAsync(held, isFresh ? $"{held.Name} refuses a credential that was renewed just now." : $"{held.Name} refuses the {(held.Setup.Connector.Key is null ? "access, and the provider gave nothing to renew it with" : "key")}.");
            (var next, no) = await _desk.RenewAsync(held, cancellation);
            if (next is null)
                return no!;
            (held, isFresh) = (next, true);
        }
    }

    /// <summary>A service has said in an answer of its own, such as one of status 200, that it refuses the credential: the connection has failed.</summary>
    /// <param name="connectionId">The connection.</param>
    /// <param name="reason">What the service said, in words for people.</param>
    /// <param name="cancellation">Ends the reading of the connection.</param>
    public async Task<Access> RefuseAsync(string connectionId, string reason, CancellationToken cancellation)
    {
        var (held, no) = await _desk.OpenAsync(connectionId, cancellation);
        return held is null ? no! : await _desk.FailAsync(held, reason);
    }

    private async Task RememberAsync(HeldCredential held, HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode && ConnectionBook.IsNews(held.Connection, _clock.NowMs()))
            await _writer.Write(tx => ConnectionBook.Worked(tx, held.Connection.Id, held.Connection.Version));
        else if ((int)response.StatusCode is >= 500 or 429)
            await ErredAsync(held.Connection.Id, $"{held.Name} answered {(int)response.StatusCode}.");
    }

    private Task ErredAsync(string connectionId, string error) => _writer.Write(tx => ConnectionBook.Erred(tx, connectionId, error));
}
