using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Accounts;

/// <summary>What the cookie says about a person: id, shown name, e-mail and security stamp; rights are never in it.</summary>
internal sealed class PrincipalFactory(IOptions<IdentityOptions> options) : IUserClaimsPrincipalFactory<User>
{
    public Task<ClaimsPrincipal> CreateAsync(User user)
    {
        var types = options.Value.ClaimsIdentity;
        var identity = new ClaimsIdentity(
        [
            new Claim(types.UserIdClaimType, user.Id),
            new Claim(types.UserNameClaimType, user.Name),
            new Claim(types.EmailClaimType, user.Email!),
            new Claim(types.SecurityStampClaimType, user.SecurityStamp!),
        ], IdentityConstants.ApplicationScheme, types.UserNameClaimType, types.RoleClaimType);
        return Task.FromResult(new ClaimsPrincipal(identity));
    }
}

public static class Principals
{
    private static readonly ClaimsIdentityOptions Types = new();

    /// <summary>The signed-in user's id, or null.</summary>
    public static string? UserId(this ClaimsPrincipal principal) =>
        principal.Identity?.IsAuthenticated == true ? principal.FindFirstValue(Types.UserIdClaimType) : null;

    /// <summary>The signed-in user's e-mail, or null.</summary>
    public static string? UserEmail(this ClaimsPrincipal principal) =>
        principal.Identity?.IsAuthenticated == true ? principal.FindFirstValue(Types.EmailClaimType) : null;

    internal static string? SecurityStamp(this ClaimsPrincipal principal) => principal.FindFirstValue(Types.SecurityStampClaimType);
}
