using System.Net;

namespace Alumia.Lab.Outbound;

/// <summary>
/// Follows redirects of GET and HEAD, at most ten, to http and https alone; each goes through the guard anew. Another place gets no credentials.
/// Other methods get the redirect as the answer: sending a body on to where a server points is for who wrote it to decide.
/// </summary>
internal sealed class Redirects : DelegatingHandler
{
    private const int Most = 10;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var at = request;
        for (var followed = 0; ; followed++)
        {
            var response = await base.SendAsync(at, cancellationToken);
            if (at.Method != HttpMethod.Get && at.Method != HttpMethod.Head || Target(at.RequestUri!, response) is not { } target)
                return response;
            response.Dispose();
            if (followed == Most)
                throw new OutboundException($"{request.RequestUri!.Authority} redirects again and again: {Most} redirects were followed.", isRefused: false);
            if (target.Scheme is not ("http" or "https"))
                throw new OutboundException($"A redirect to a {target.Scheme}: address is refused.", isRefused: true);
            at = Next(at, target);
        }
    }

    private static Uri? Target(Uri from, HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            && response.Headers.Location is { } location && Uri.TryCreate(from, location, out var target)
            ? target
            : null;

    private static HttpRequestMessage Next(HttpRequestMessage from, Uri target)
    {
        var next = new HttpRequestMessage(from.Method, target) { Version = from.Version, VersionPolicy = from.VersionPolicy };
        var isSamePlace = Uri.Compare(from.RequestUri, target, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
        foreach (var (name, values) in from.Headers)
        {
            if (isSamePlace || !name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && !name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
                next.Headers.TryAddWithoutValidation(name, values);
        }
        next.Headers.Host = null;
        return next;
    }
}
