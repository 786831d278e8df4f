using Alumia.Lab.Organizations;
using Alumia.Lab.Tests.Accounts;

namespace Alumia.Lab.Tests.Organizations;

public sealed class SlugTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a")]
    [InlineData("-ab")]
    [InlineData("ab-")]
    [InlineData("Ab")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä-b")]
    [InlineData("sign-in")]
    [InlineData("api")]
    [InlineData("demo")]
    [InlineData("a1234567890123456789012345678901234567890")]
    public void These_are_refused(string slug) => Assert.Equal("slug", Assert.Single(Assert.Throws<Refusal>(() => Slugs.Check(slug)).Fields).Key);

    [Theory]
    [InlineData("ab")]
    [InlineData("a-1")]
    [InlineData("a123456789012345678901234567890123456789")]
    public void These_are_good(string slug) => Assert.Equal(slug, Slugs.Check(slug));

    [Theory]
    [InlineData("Müller & Söhne GmbH", "muller-sohne-gmbh")]
    [InlineData("  Acme  ", "acme")]
    [InlineData("東京", "")]
    public void A_name_suggests_one(string name, string slug) => Assert.Equal(slug, Slugs.Suggest(name));

    [Fact]
    public async Task Of_many_who_want_the_same_one_gets_it()
    {
        await using var host = await AccountsHost.MakeAsync();
        var (_, owner) = await host.SignUpAsync("anna");
        var tries = Enumerable.Range(0, 8).Select(_ => host.Orgs.FoundAsync("Acme", "acme", owner.UserId, Ct)).ToList();
        await Task.WhenAll(tries.Select(one => one.ContinueWith(_ => { }, Ct)));
        Assert.Equal(1, tries.Count(one => one.IsCompletedSuccessfully));
        Assert.All(tries.Where(one => one.IsFaulted), one => Assert.IsType<Refusal>(one.Exception!.InnerException));
        Assert.Equal(["acme", "anna-works"], (await host.Orgs.OrgsOfAsync(owner.UserId, Ct)).Select(org => org.Slug));
    }
}
