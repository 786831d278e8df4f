using System.Text.Json;
using System.Text.Json.Nodes;
using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Billing;

/// <summary>What is wrong with a delivery, if anything.</summary>
internal enum Flaw
{
    None,
    WrongSecret,
    Old,
    Tampered,
    Unsigned,
}

/// <summary>An event on its way: as it is sent, and with which header.</summary>
internal sealed record SignedEvent(string Id, string Body, string? Signature, Flaw Flaw);

/// <summary>Makes events as Stripe sends them, signed by Stripe's own library for Node.</summary>
internal static class SignedEvents
{
    /// <summary>Whichever version an endpoint is pinned to, the lab takes it.</summary>
    private static readonly string[] _versions = ["2019-12-03", "2024-04-10", "2026-10-28.endive", "2031-01-01.unheard-of"];

    /// <summary>An event with this object.</summary>
    public static (string Id, string Body) Of(Random random, string type, JsonObject about, bool isForeign = false)
    {
        var id = $"evt_{random.NextInt64():x16}{random.NextInt64():x16}";
        var told = new JsonObject
        {
            ["id"] = id,
            ["object"] = "event",
            ["api_version"] = _versions[random.Next(_versions.Length)],
            ["created"] = 1_700_000_000 + random.Next(1_000_000),
            ["data"] = new JsonObject { ["object"] = about.DeepClone() },
            ["livemode"] = false,
            ["pending_webhooks"] = 1,
            ["type"] = type,
        };
        if (isForeign)
            told["account"] = "acct_somebody_else";
        return (id, told.ToJsonString());
    }

    /// <summary>Signs them, each with its flaw.</summary>
    public static async Task<List<SignedEvent>> SignAsync(IReadOnlyList<(string Id, string Body, Flaw Flaw)> events, string secret, long nowSeconds)
    {
        var node = Parts.Need(Part.Node);
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "events.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(events.Select(each => new
        {
            payload = each.Body,
            secret = each.Flaw == Flaw.WrongSecret ? "whsec_of_somebody_else" : secret,
            timestamp = each.Flaw == Flaw.Old ? nowSeconds - 400 : nowSeconds,
        })), TestContext.Current.CancellationToken);
        await ChildProcess.RunAsync(node, [Path.Combine(Repository.Root, "Alumia.Lab.Tests", "Billing", "sign.mjs"), file]);
        var headers = JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        return [.. events.Zip(headers, (each, header) => new SignedEvent(
            each.Id, each.Flaw == Flaw.Tampered ? each.Body.Replace("\"livemode\":false", "\"livemode\":false ", StringComparison.Ordinal) : each.Body, each.Flaw == Flaw.Unsigned ? null : header, each.Flaw))];
    }
}
