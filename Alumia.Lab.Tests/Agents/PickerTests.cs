using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Agents;

public sealed class PickerTests : BunitContext
{
    private readonly ModelCatalogue _models = new(new ConfigurationBuilder().Build());

    public PickerTests() => Services.AddSingleton(_models);

    [Fact]
    public void The_agent_picker_offers_active_agents_and_tells_the_choice()
    {
        string? chosen = null;
        var picker = Render<AgentPicker>(parameters => parameters
            .Add(p => p.Agents, [Make("ala", "Ala"), Make("ben", "Ben"), Make("old", "Old", isActive: false)])
            .Add(p => p.AgentId, "ala")
            .Add(p => p.AgentIdChanged, id => chosen = id));
        var select = picker.Find("select[aria-label=Agent]");
        Assert.Equal(["Ala", "Ben"], select.Children.Select(option => option.TextContent));
        select.Change("ben");
        Assert.Equal("ben", chosen);
    }

    [Fact]
    public void A_deactivated_agent_stays_named_where_it_is_the_chosen_one()
    {
        var picker = Render<AgentPicker>(parameters => parameters
            .Add(p => p.Agents, [Make("ala", "Ala"), Make("old", "Old", isActive: false)])
            .Add(p => p.AgentId, "old"));
        Assert.Equal(["Ala", "Old"], picker.FindAll("option").Select(option => option.TextContent));
    }

    [Fact]
    public void The_model_picker_shows_every_model_under_its_provider_with_context_price_and_tag()
    {
        var picker = Render<ModelPicker>(parameters => parameters.Add(p => p.ModelId, _models.DefaultModelId));
        Assert.Equal(_models.Models.Count, picker.FindAll("input[type=radio]").Count);
        var paid = _models.Models.First(model => !model.IsFree);
        var row = picker.Find($"label:has(input[value='{paid.Id}'])");
        Assert.Contains(Figures.Price(paid), row.TextContent, StringComparison.Ordinal);
        Assert.Contains(Figures.Tokens(paid.ContextTokens), row.TextContent, StringComparison.Ordinal);
        Assert.Equal("Paid", row.QuerySelector(".chip")!.TextContent);
        var free = picker.Find($"label:has(input[value='{_models.DefaultModelId}'])");
        Assert.Equal("Free", free.QuerySelector(".chip")!.TextContent);
        Assert.Equal(_models.FindProvider("groq")!.Name, picker.Find("legend").TextContent);
    }

    [Fact]
    public void The_model_picker_finds_by_provider_and_tells_the_choice()
    {
        string? chosen = null;
        var picker = Render<ModelPicker>(parameters => parameters.Add(p => p.ModelIdChanged, id => chosen = id));
        picker.Find("input[type=search]").Input("anthropic");
        var found = picker.FindAll("input[type=radio]").Select(radio => radio.GetAttribute("value")!).ToList();
        Assert.Equal(_models.Models.Where(model => model.Provider == "anthropic").Select(model => model.Id), found);
        picker.Find($"input[value='{found[0]}']").Change(found[0]);
        Assert.Equal(found[0], chosen);
        picker.Find("input[type=search]").Input("no such model");
        Assert.Contains("No model is called so", picker.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(131_072, "131K")]
    [InlineData(8_192, "8K")]
    [InlineData(1_000_000, "1M")]
    [InlineData(1_500_000, "1.5M")]
    public void Tokens_are_told_in_thousands_and_millions(int tokens, string words) => Assert.Equal(words, Figures.Tokens(tokens));

    [Theory]
    [InlineData(5_000_000, "$5.00")]
    [InlineData(75_000, "$0.075")]
    [InlineData(12_400_000, "$12.40")]
    public void Dollars_have_as_many_digits_as_they_take(long microcents, string words) => Assert.Equal(words, Figures.Dollars(microcents));

    private Agent Make(string id, string name, bool isActive = true) => new()
    {
        Id = id,
        OrgId = "org_1",
        Slug = id,
        Name = name,
        Colour = "#000000",
        ModelId = _models.DefaultModelId,
        IsActive = isActive,
        CreatedAtMs = 1,
    };
}
