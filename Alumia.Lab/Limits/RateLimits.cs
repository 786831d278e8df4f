using Microsoft.Extensions.Options;

namespace Alumia.Lab.Limits;

/// <summary>The groups of calls that have a limit of their own.</summary>
public enum LimitGroup
{
    Chat,
    Api,
    Refused,
}

/// <summary>Counts requests in sliding minutes.</summary>
public sealed class RateLimits(IGrainFactory grains, IOptions<LimitOptions> options)
{
    private const long MinuteMs = 60_000;

    public int Of(LimitGroup group) => group switch
    {
        LimitGroup.Chat => options.Value.ChatPerMinute,
        LimitGroup.Api => options.Value.ApiPerMinute,
        _ => options.Value.RefusedPerMinute,
    };

    /// <summary>Asks for one request of a user (<c>user:&lt;id&gt;</c>) or an address (<c>ip:&lt;address&gt;</c>).</summary>
    public Task<LimitVerdict> TakeAsync(LimitGroup group, string subject) => Grain(group, subject).TakeAsync(Of(group), MinuteMs);

    /// <summary>Gives back what a verdict took.</summary>
    public Task GiveBackAsync(LimitGroup group, string subject, LimitVerdict taken) => Grain(group, subject).GiveBackAsync(taken.AtMs);

    /// <summary>A person, whatever key or browser they come by.</summary>
    public static string User(string userId) => $"user:{userId}";

    private ILimitGrain Grain(LimitGroup group, string subject) => grains.GetGrain<ILimitGrain>($"{group}/{subject}");
}
