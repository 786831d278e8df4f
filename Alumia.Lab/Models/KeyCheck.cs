using System.Net.Http.Headers;
using System.Text;

namespace Alumia.Lab.Models;

/// <summary>What came of a check, and what the provider said where the key is not good.</summary>
public sealed record KeyCheckResult(KeyOutcome Outcome, string Said = "");

/// <summary>
/// Asks a provider whether it takes a key, by a call that costs nothing: its list of models. Where that is open to everybody, or is not there,
/// an empty request for an answer is sent, which a provider refuses for its key before it refuses it for its emptiness.
/// </summary>
public sealed class KeyCheck(HttpClient http, ProviderAddresses addresses, TimeProvider clock)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    /// <summary>Never throws for what the provider does.</summary>
    public async Task<KeyCheckResult> CheckAsync(Provider provider, string key, CancellationToken cancellation)
    {
        if (addresses.For(provider, key) is not { } address)
            return new(KeyOutcome.Refused, $"A key that begins with {IStandIn.KeyPrefix} is for the stand-ins of a lab in Development.");
        using var time = new CancellationTokenSource(_patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        var result = await AskAsync(provider, address, key, both.Token, cancellation);
        return result with { Said = result.Said.Replace(key, ProviderKey.PrefixOf(key), StringComparison.Ordinal) };
    }

    private async Task<KeyCheckResult> AskAsync(Provider provider, Uri address, string key, CancellationToken either, CancellationToken cancellation)
    {
        try
        {
            if (!provider.ListsModelsOpenly || ProviderAddresses.IsOffline(key))
            {
                var (status, body) = await SendAsync(HttpMethod.Get, Models(provider, address), provider, key, either);
                if (status is not (StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed))
                    return Read(provider, status, body, isEmpty: false);
            }
            var (probed, said) = await SendAsync(HttpMethod.Post, Answers(provider, address), provider, key, either);
            return Read(provider, probed, said, isEmpty: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new(KeyOutcome.Unreachable, ProviderErrors.Network(provider, exception).Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(KeyOutcome.Unreachable, $"{provider.Name} did not answer within {_patience.TotalSeconds:0} s.");
        }
    }

    private async Task<(int Status, string Body)> SendAsync(HttpMethod method, Uri address, Provider provider, string key, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        if (method == HttpMethod.Post)
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        if (provider.Protocol == ProviderProtocol.Anthropic)
        {
            request.Headers.Add("x-api-key", key);
            request.Headers.Add("anthropic-version", "2023-06-01");
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return ((int)response.StatusCode, response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(cancellation));
    }

    private static Uri Models(Provider provider, Uri address) => new(address, provider.Protocol == ProviderProtocol.Anthropic ? "v1/models" : "models");

    private static Uri Answers(Provider provider, Uri address) => new(address, provider.Protocol == ProviderProtocol.Anthropic ? "v1/messages" : "chat/completions");

    private static KeyCheckResult Read(Provider provider, int status, string body, bool isEmpty)
    {
        if (status is >= 200 and < 300)
            return new(KeyOutcome.Good);
        var failure = ProviderErrors.FromResponse(provider, status, body, null);
        return failure.Failure switch
        {
            ProviderFailure.Unauthorized => new(KeyOutcome.Refused, failure.Message),
            // It knew the key, and misses the rest of the request; or the account behind the key has no money left.
            ProviderFailure.BadRequest when isEmpty || status == StatusCodes.Status402PaymentRequired => new(KeyOutcome.Good),
            _ => new(KeyOutcome.Unreachable, failure.Message),
        };
    }
}
