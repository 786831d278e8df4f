using Alumia.Lab.Sharing;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Sharing;

/// <summary>The look for secrets before a canvas goes out.</summary>
public sealed class ShareCheckTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sk-ant-api03-abcdefghij0123456789", "A key or token")]
    [InlineData("my AKIAIOSFODNN7EXAMPLE here", "A key or token")]
    [InlineData("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "A key or token")]
    [InlineData("alm_live_0123456789abcdef0123456789abcdef", "A key or token")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "A key or token")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----", "A private key")]
    [InlineData("password: hunter2hunter2", "A password or secret")]
    [InlineData("{\"api_key\":\"abc123def456\"}", "A password or secret")]
    [InlineData("write to anna.muster@mail.example.org please", "An e-mail address")]
    public void It_knows(string text, string what)
    {
        List<ShareFinding> found = [];
        ShareCheck.Look(found, "here", "ses_1", text);
        var finding = Assert.Single(found.DistinctBy(one => one.What));
        Assert.Equal(what, finding.What);
        Assert.True(finding.Start.Length <= 13);
    }

    [Theory]
    [InlineData("The password is kept in the vault.")]
    [InlineData("Ask the secretary for the bearer of the token.")]
    [InlineData("Version 2@next of sketch-board, a risk-averse plan")]
    public void It_lets_plain_words_be(string text)
    {
        List<ShareFinding> found = [];
        ShareCheck.Look(found, "here", "ses_1", text);
        Assert.Empty(found);
    }

    [Fact]
    public async Task It_looks_at_what_would_be_seen_and_at_nothing_else()
    {
        await using var lab = await LabHost.StartAsync();
        var share = await Shares.MakeAsync(lab, "carmen");
        await share.IdleAsync(await share.SayAsync("Write to anna@example.org [[say done]]"));
        await share.WriteAsync("Access", "password: hunter2hunter2");
        var check = lab.Services.GetRequiredService<ShareCheck>();
        async Task<string[]> WhatAsync(SharedParts parts) => [.. (await check.RunAsync(share.Project, parts, Ct)).Select(found => $"{found.What} in {found.Where}").Distinct().Order()];

        Assert.Empty(await WhatAsync(SharedParts.None));
        Assert.Equal(["A password or secret in Document Access"], await WhatAsync(SharedParts.Blocks));
        var all = await WhatAsync(SharedParts.All);
        Assert.Contains("A password or secret in Document Access", all);
        Assert.Contains(all, found => found.StartsWith("An e-mail address in Ala: ", StringComparison.Ordinal));
    }
}
