using Alumia.Lab.Models.Anthropic;
using Alumia.Lab.Models.OpenAi;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models;

/// <summary>
/// Makes the client that speaks a route's protocol. Every failure comes out of it as a <see cref="ProviderException"/>;
/// it retries nothing, and cancelling the enumeration closes the HTTP stream at once.
/// </summary>
/// <param name="http">One pool for all.</param>
/// <param name="clock">The lab's clock.</param>
/// <param name="silence">How long a provider may send nothing.</param>
/// <param name="ownKeys">Where it is told that an own key was used or refused.</param>
/// <param name="tracesContent">Whether spans have what people and models wrote.</param>
public sealed class ChatClients(HttpClient http, TimeProvider clock, TimeSpan? silence = null, OwnKeys? ownKeys = null, bool tracesContent = false)
{
    /// <summary>A provider that sends nothing for this long is given up.</summary>
    private static readonly TimeSpan _defaultSilence = TimeSpan.FromMinutes(3);

    private readonly TimeSpan _silence = silence ?? _defaultSilence;

    public IChatClient Create(ModelRoute route)
    {
        var client = route.OwnKey is { } own && ownKeys is not null ? new OwnKeyClient(Plain(route), route, own, ownKeys) : Plain(route);
        // The library's spans and metrics by OpenTelemetry's conventions; where nobody listens it would only copy the answer.
        return Traces.Source.HasListeners() ? new OpenTelemetryChatClient(client, sourceName: Traces.Name) { EnableSensitiveData = tracesContent } : client;
    }

    private IChatClient Plain(ModelRoute route) => route.Provider.Protocol switch
    {
        ProviderProtocol.Anthropic => new AnthropicChatClient(route, http, clock, _silence),
        _ => new OpenAiChatClient(route, http, clock, _silence),
    };
}
