using System.Globalization;

namespace Alumia.Lab;

/// <summary>Money in words, as look.md says: <c>$12.40</c>, small amounts as <c>$0.0042</c>.</summary>
public static class Dollars
{
    /// <summary>An amount of microcents; under ten cents with four figures after the point, six where those would say zero.</summary>
    public static string Text(long microcents)
    {
        var sign = microcents < 0 ? "-" : "";
        var dollars = Math.Abs((decimal)microcents) / Money.Dollar;
        var form = dollars == 0 || dollars >= 0.1m ? "0.00" : dollars >= 0.0001m ? "0.0000" : "0.000000";
        if (dollars >= 1_000)
            form = "#,##0.00";
        return sign + "$" + (dollars >= 0.1m ? decimal.Floor(dollars * 100) / 100 : dollars).ToString(form, CultureInfo.InvariantCulture);
    }
}
