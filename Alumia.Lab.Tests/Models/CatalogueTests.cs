using Alumia.Lab.Models;
using Microsoft.Extensions.Configuration;

namespace Alumia.Lab.Tests.Models;

public sealed class CatalogueTests
{
    private static readonly string[] _fourteen = ["anthropic", "openai", "gemini", "deepseek", "xai", "mistral", "minimax", "moonshot", "zhipu", "xiaomi", "nvidia", "qwen", "cerebras", "groq"];

    [Fact]
    public void It_holds_the_fourteen_providers_and_each_model_says_where_its_figures_are_from()
    {
        var catalogue = StubProvider.Catalogue;
        Assert.Equal(_fourteen.Order(), catalogue.Providers.Select(provider => provider.Slug).Order());
        Assert.Equal(["groq", "nvidia"], catalogue.Providers.Where(provider => provider.Free).Select(provider => provider.Slug).Order());
        Assert.All(catalogue.Models, model =>
        {
            Assert.True(Uri.IsWellFormedUriString(model.Source, UriKind.Absolute));
            Assert.True(DateOnly.TryParse(model.SourceDate, out _));
            Assert.InRange(model.MaxOutputTokens, 1, model.ContextTokens);
            Assert.Equal(catalogue.ProviderOf(model).Free, model.IsFree);
            Assert.InRange(model.CachedInputMicrocentsPerMillion ?? 0, 0, model.InputMicrocentsPerMillion);
        });
        Assert.All(catalogue.Providers, provider => Assert.EndsWith("/", provider.BaseAddress.AbsoluteUri));
        Assert.True(catalogue.Find(catalogue.DefaultModelId)!.IsFree);
    }

    [Fact]
    public async Task A_key_leads_to_the_provider_and_none_says_what_is_missing()
    {
        var none = await Assert.ThrowsAsync<ProviderException>(() => Route("openai/gpt-5.5"));
        Assert.Equal(ProviderFailure.NotConfigured, none.Failure);
        Assert.Contains("OpenAI has no key", none.Message);
        Assert.Equal(ProviderFailure.NotConfigured, (await Assert.ThrowsAsync<ProviderException>(() => Route("openai/gpt-0"))).Failure);

        var route = await Route("openai/gpt-5.5", ("Providers:openai:ApiKey", "sk-1"), ("Providers:openai:BaseAddress", "http://proxy.test/v1"));
        Assert.Equal(("sk-1", KeySource.Platform, "http://proxy.test/v1/"), (route.Key, route.KeySource, route.BaseAddress.AbsoluteUri));
    }

    [Fact]
    public async Task An_address_of_the_operators_own_needs_no_key()
    {
        var route = await Route("ollama/llama3.2", ("Models:Custom:0:slug", "ollama"), ("Models:Custom:0:name", "Ollama"),
            ("Models:Custom:0:baseAddress", "http://localhost:11434/v1"), ("Models:Custom:0:models:0:id", "llama3.2"), ("Models:Custom:0:models:0:context", "128000"));
        Assert.Equal((KeySource.Open, "http://localhost:11434/v1/", 128000), (route.KeySource, route.BaseAddress.AbsoluteUri, route.Model.ContextTokens));
        Assert.Null(route.Key);
    }

    [Fact]
    public void Tokens_are_counted() => Assert.Equal(2, new TokenCounter().Count("hello world"));

    private static Task<ModelRoute> Route(string model, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))).Build();
        return new ModelRouter(new ModelCatalogue(configuration), configuration, new ProviderAddresses(configuration)).RouteAsync("org_1", model, TestContext.Current.CancellationToken);
    }
}
