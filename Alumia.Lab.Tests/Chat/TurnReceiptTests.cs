using Alumia.Lab.Chat;
using Alumia.Lab.Ledger;
using Alumia.Lab.Models;
using Alumia.Lab.Sessions;
using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Chat;

public sealed class TurnReceiptTests : BunitContext
{
    public TurnReceiptTests() => Services.AddSingleton(new ModelCatalogue(new ConfigurationBuilder().Build()));

    [Fact]
    public void What_the_steps_cost_is_added_up_and_each_one_tells_what_was_held_used_and_released()
    {
        var receipt = Show(
            (Usage("openai/gpt-5.5", cached: 200), new StepMoney(StepSource.Platform, StepStop.ToolCalls, Held: 130_290, Used: 3_555, Released: 126_735, InputPrice: 5_000_000, CachedInputPrice: 500_000, OutputPrice: 30_000_000)),
            (Usage("openai/gpt-5.5", estimated: true), new StepMoney(StepSource.Platform, StepStop.OutOfFunds, Held: 10_000, Used: 10_000, Fee: 521, WrittenOff: 12)));
        Assert.Equal("Cost $0.0136", receipt.Find("summary").TextContent);
        var steps = receipt.FindAll("li");
        Assert.Equal(2, steps.Count);
        foreach (var said in new[] { "GPT-5.5", "Paid from the balance", "$0.13029", "$0.003555", "$0.126735", "$5.00 input, $0.50 cached input, $30.00 output", "1,204 in (200 of it cached), 310 out", "it asked for tools" })
            Assert.Contains(said, steps[0].TextContent, StringComparison.Ordinal);
        foreach (var said in new[] { "platform fee $0.000521 in it", "$0.000012", "about 1,204 in, 310 out, counted here", "the balance was used up" })
            Assert.Contains(said, steps[1].TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StepSource.Free, "Cost $0.00 · free model")]
    [InlineData(StepSource.Byok, "Cost $0.00 · your own key")]
    public void A_step_for_which_no_money_moved_says_why(StepSource source, string summary)
    {
        var receipt = Show((Usage("openai/gpt-5.5"), new StepMoney(source, StepStop.Finished)));
        Assert.Equal(summary, receipt.Find("summary").TextContent);
        Assert.DoesNotContain("Held", receipt.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_receipt_there_is_nothing_to_fold() => Assert.Equal("", Show().Markup.Trim());

    private IRenderedComponent<TurnReceipt> Show(params (UsageRecorded, StepMoney)[] receipts) => Render<TurnReceipt>(parameters => parameters.Add(p => p.Receipts, receipts));

    private static UsageRecorded Usage(string model, long cached = 0, bool estimated = false) => new(1, model, "Platform", 1_204, cached, 310, 0, estimated, 400, 900);
}
