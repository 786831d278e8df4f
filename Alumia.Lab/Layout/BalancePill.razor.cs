using Alumia.Lab.Ledger;

namespace Alumia.Lab.Layout;

/// <summary>The org's balance, live in every open tab.</summary>
public sealed partial class BalancePill(Balances balances)
{
    /// <summary>Under this (microcents) it warns.</summary>
    public const long Low = Money.Dollar;

    private OrgBalance? _balance;

    protected override string[] Keys => [LedgerBook.BalanceKey(Scope.OrgId)];

    private bool IsLow => _balance is { } balance && (balance.Owed > 0 || balance.Balance < Low);

    private string Level => _balance is { Owed: > 0 } ? "owed" : IsLow ? "low" : "fine";

    private string Text => Dollars.Text(_balance!.Balance);

    /// <summary>The colour says it to those who see it.</summary>
    private string Warning => _balance switch
    {
        { Owed: > 0 } owing => $", {Dollars.Text(owing.Owed)} owed",
        { Balance: < Money.Cent } => ", empty",
        { Balance: < Low } => ", low",
        _ => "",
    };

    protected override async Task ReadAsync() => _balance = await balances.OfAsync(Scope, Gone);
}
