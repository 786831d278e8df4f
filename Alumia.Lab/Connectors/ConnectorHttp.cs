using System.Net;
using System.Net.Http.Headers;

namespace Alumia.Lab.Connectors;

/// <summary>
/// Calls of connectors' APIs. Their addresses come from our own catalogue or configuration, so they are not under the outbound guard; but the
/// credential goes nowhere else: not to another host by a path or by a redirect.
/// </summary>
internal sealed class ConnectorHttp(IHttpClientFactory http)
{
    /// <summary>The name of the client.</summary>
    public const string Client = "connectors";

    private const int MostRedirects = 3;

    /// <summary>Sends what <paramref name="make"/> makes, with the credential's token. A request is made anew for each redirect inside the service.</summary>
    /// <exception cref="HttpRequestException">The service was not reached, or broke off.</exception>
    public async Task<HttpResponseMessage> SendAsync(Connector connector, string token, Func<HttpRequestMessage> make, CancellationToken cancellation)
    {
        var client = http.CreateClient(Client);
        Uri? moved = null;
        for (var redirects = 0; ; redirects++)
        {
            using var request = make();
            request.RequestUri = moved ?? (request.RequestUri is { IsAbsoluteUri: false } path ? new Uri(connector.Api, path) : request.RequestUri);
            if (!IsOf(connector, request.RequestUri!))
                throw new InvalidOperationException($"A call of {connector.Slug} leads to {request.RequestUri!.Authority}, which is not of that service.");
            Prove(request, connector, token);
            var response = await BodyFailures.ReadAsync(await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation), connector.Failure, cancellation);
            if (request.Method != HttpMethod.Get || redirects == MostRedirects || MovedTo(request, response) is not { } next || !IsOf(connector, next))
                return response;
            moved = next;
            response.Dispose();
        }
    }

    internal static HttpMessageHandler CreateHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private static bool IsOf(Connector connector, Uri address) =>
        SameOrigin(address, connector.Api) || (Uri.TryCreate(connector.Probe.Path, UriKind.Absolute, out var probe) && SameOrigin(address, probe));

    private static bool SameOrigin(Uri one, Uri other) => one.Scheme == other.Scheme && one.Authority == other.Authority;

    private static void Prove(HttpRequestMessage request, Connector connector, string token)
    {
        if (connector.Key is { } place)
            request.Headers.TryAddWithoutValidation(place.Header, place.Prefix + token);
        else
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in connector.Headers)
        {
            if (!request.Headers.Contains(name))
                request.Headers.TryAddWithoutValidation(name, value);
        }
        if (request.Headers.UserAgent.Count == 0)
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("AlumiaLab", "1.0"));
        if (request.Headers.Accept.Count == 0)
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    private static Uri? MovedTo(HttpRequestMessage request, HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.Location is { } place ? new Uri(request.RequestUri!, place) : null;
}
