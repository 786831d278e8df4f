using Alumia.Lab.Accounts;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using OpenIddict.Client;
using static OpenIddict.Client.OpenIddictClientEvents;

namespace Alumia.Lab.Connectors;

/// <summary>
/// Looks at the way that a state names, before anything else of the answer is believed: it must be this signed-in person's, under way, and not too
/// old. One update takes it, so it is good once, whatever else comes of it.
/// </summary>
internal sealed class AttemptCheck(Writer writer) : IOpenIddictClientHandler<ProcessAuthenticationContext>
{
    /// <summary>The name of the property inside the encrypted state.</summary>
    public const string Property = ".attempt";

    /// <summary>Errors of our own.</summary>
    public const string NotSignedIn = "not_signed_in", Stranger = "stranger", Used = "used", Late = "late";

    public static OpenIddictClientHandlerDescriptor Descriptor { get; } = OpenIddictClientHandlerDescriptor.CreateBuilder<ProcessAuthenticationContext>()
        .UseSingletonHandler<AttemptCheck>()
        .SetOrder(OpenIddictClientHandlers.ResolveNonceFromStateToken.Descriptor.Order + 500)
        .SetType(OpenIddictClientHandlerType.Custom)
        .Build();

    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (context.EndpointType != OpenIddictClientEndpointType.Redirection || context.Transaction.GetHttpRequest()?.HttpContext is not { } http)
            return;
        var signedIn = (await http.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Principal?.UserId();
        if (signedIn is null)
        {
            context.Reject(NotSignedIn);
            return;
        }
        var (attempt, error) = await TakeAsync(context.Properties.GetValueOrDefault(Property) ?? "", signedIn);
        if (attempt is null)
            context.Reject(error);
        else
            http.Features.Set(attempt);
    }

    private Task<(ConnectAttempt? Attempt, string? Error)> TakeAsync(string id, string userId) => writer.Write<(ConnectAttempt?, string?)>(tx =>
    {
        var isTaken = tx.Run("UPDATE connect_attempt SET used_at_ms = @now WHERE id = @id AND user_id = @user AND used_at_ms IS NULL AND made_at_ms > @late",
            ("now", tx.NowMs), ("id", id), ("user", userId), ("late", tx.NowMs - ConnectAttempt.LifetimeMs)) == 1;
        var there = tx.Db.Set<ConnectAttempt>().SingleOrDefault(row => row.Id == id);
        return isTaken ? (there, null) : (null, there switch
        {
            null => Late,
            _ when there.UserId != userId => Stranger,
            { UsedAtMs: not null } => Used,
            _ => Late,
        });
    });
}
