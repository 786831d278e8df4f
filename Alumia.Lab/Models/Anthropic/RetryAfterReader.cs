namespace Alumia.Lab.Models.Anthropic;

/// <summary>The SDK's exceptions do not carry the response's headers, so this notes the one that matters on its way through.</summary>
internal sealed class RetryAfterReader : IDisposable
{
    public RetryAfterReader(HttpClient http, TimeProvider clock) => Http = new HttpClient(new Handler(this, http, clock)) { Timeout = Timeout.InfiniteTimeSpan };

    public HttpClient Http { get; }

    public TimeSpan? RetryAfter { get; private set; }

    public void Dispose() => Http.Dispose();

    private sealed class Handler(RetryAfterReader reader, HttpClient http, TimeProvider clock) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Content = request.Content, Version = request.Version };
            foreach (var (name, values) in request.Headers)
                copy.Headers.TryAddWithoutValidation(name, values);
            var response = await http.SendAsync(copy, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            reader.RetryAfter = ProviderErrors.RetryAfter(response.Headers, clock);
            return response;
        }
    }
}
