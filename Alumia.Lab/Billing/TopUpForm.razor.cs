using Alumia.Lab.Organizations;

namespace Alumia.Lab.Billing;

/// <summary>The settings of auto top-up, and how it fares.</summary>
public sealed partial class TopUpForm(TopUps topUps)
{
    private TopUpView? _view;
    private bool _isOn;
    private string _threshold = "";
    private string _amount = "";
    private string _cap = "";
    private bool _isSaved;
    private string? _refusal;

    protected override string[] Keys => [TopUps.Key(Scope.OrgId), Deposits.Key(Scope.OrgId)];

    private bool MayChange => Scope.Can(OrgRole.Admin);

    /// <summary>What stands in the fields; null while one is no amount.</summary>
    private TopUpEdit? Edit => (DepositWords.Cents(_threshold), DepositWords.Cents(_amount), DepositWords.Cents(_cap)) is ({ } threshold, { } amount, { } cap)
        ? new TopUpEdit(_isOn, threshold, amount, cap) : null;

    private bool IsChanged => _view is { } view && Edit != new TopUpEdit(view.IsEnabled, view.ThresholdCents, view.AmountCents, view.MonthlyCapCents);

    protected override async Task ReadAsync()
    {
        // What somebody is typing stays.
        var isTyping = IsChanged;
        _view = await topUps.GetAsync(Scope, Gone);
        if (!isTyping)
            Fill(_view);
    }

    private static string State(TopUpView view) => view switch
    {
        { IsEnabled: false, Failures: >= TopUpBook.MostFailures } => $"Switched off by itself after {view.Failures} charges failed in a row.",
        { IsEnabled: false } => "Off.",
        { Failures: > 0 } => $"On. {view.Failures} {(view.Failures == 1 ? "charge" : "charges in a row")} failed; it pauses, and tries again.",
        _ when view.ChargedThisMonthCents + view.AmountCents > view.MonthlyCapCents => "On, and at this month's cap: it charges nothing more until the next month.",
        _ => "On.",
    };

    private static string? Wrong(string typed) => DepositWords.Cents(typed) is null ? "true" : null;

    private void Fill(TopUpView view) => (_isOn, _threshold, _amount, _cap) =
        (view.IsEnabled, DepositWords.Typed(view.ThresholdCents), DepositWords.Typed(view.AmountCents), DepositWords.Typed(view.MonthlyCapCents));

    private async Task SaveAsync()
    {
        if (Edit is not { } edit)
            return;
        (_refusal, _isSaved) = (null, false);
        try
        {
            _view = await topUps.ChangeAsync(Scope, edit, Gone);
            Fill(_view);
            _isSaved = true;
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
