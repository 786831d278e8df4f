using Alumia.Lab.Models.Anthropic;
using Alumia.Lab.Models.OpenAi;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Models;

/// <summary>
/// Makes the client that speaks a route's protocol. Every failure comes out of it as a <see cref="ProviderException"/>;
/// it retries nothing, and cancelling the enumeration closes the HTTP stream at once.
/// </summary>
public sealed class ChatClients(HttpClient http, TimeProvider clock, TimeSpan? silence = null, OwnKeys? ownKeys = null)
{
    /// <summary>A provider that sends nothing for this long is given up.</summary>
    private static readonly TimeSpan _defaultSilence = TimeSpan.FromMinutes(3);

    private readonly TimeSpan _silence = silence ?? _defaultSilence;

    public IChatClient Create(ModelRoute route) =>
        route.OwnKey is { } own && ownKeys is not null ? new OwnKeyClient(Plain(route), route, own, ownKeys) : Plain(route);

    private IChatClient Plain(ModelRoute route) => route.Provider.Protocol switch
    {
        ProviderProtocol.Anthropic => new AnthropicChatClient(route, http, clock, _silence),
        _ => new OpenAiChatClient(route, http, clock, _silence),
    };
}
